// The deployment of the API waits for gateway.yml: a stage answers with the responses that were there when its
// deployment was made, and by itself CloudFormation makes them in any order. A firewall waits for that stage.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
module.exports = class GatewayResponses {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      "after:aws:package:finalize:mergeCustomProviderResources": async () => {
        this.order();
        const { access, cors } = this.serverless.service.custom.settings;
        if (access === "iam") this.unsigned();
        this.allow(cors);
      },
    };
  }

  order() {
    const resources = this.resources();
    const named = (type) => Object.keys(resources).filter((name) => resources[name].Type === `AWS::ApiGateway::${type}`);
    for (const name of named("Deployment")) {
      resources[name].DependsOn = [...[resources[name].DependsOn ?? []].flat(), ...named("GatewayResponse")];
    }
    if (resources.FirewallOfStage) resources.FirewallOfStage.DependsOn = named("Deployment");
  }

  /** To API Gateway a request without a signature and one for no route at all are the same. */
  unsigned() {
    const { Properties } = this.resources().MissingRoute;
    Properties.StatusCode = "403";
    Properties.ResponseTemplates["application/json"] = JSON.stringify({
      type: "urn:sentiment:problem:caller",
      title: "Forbidden",
      status: 403,
      detail: "Sign the request with AWS credentials that may use this route, if it is one that GET /openapi.json lists.",
    });
  }

  /** Lets scripts of the sites read what API Gateway answers by itself. It cannot choose among several, so that all sites
   * may then; these answers are the same for everyone. */
  allow(origins) {
    if (!origins.length) return;
    const allowed = origins.length === 1 ? `'${origins[0]}'` : "'*'";
    for (const { Type, Properties } of Object.values(this.resources())) {
      if (Type !== "AWS::ApiGateway::GatewayResponse") continue;
      Properties.ResponseParameters["gatewayresponse.header.Access-Control-Allow-Origin"] = allowed;
      Properties.ResponseParameters["gatewayresponse.header.Access-Control-Expose-Headers"] = "'Retry-After'";
    }
  }

  resources() {
    return this.serverless.service.provider.compiledCloudFormationTemplate.Resources;
  }
};
