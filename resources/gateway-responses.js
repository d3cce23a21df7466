// The deployment of the API waits for gateway.yml: a stage answers with the responses that were there when its
// deployment was made, and by itself CloudFormation makes them in any order.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
module.exports = class GatewayResponses {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { "after:aws:package:finalize:mergeCustomProviderResources": async () => this.order() };
  }

  order() {
    const resources = this.serverless.service.provider.compiledCloudFormationTemplate.Resources;
    const named = (type) => Object.keys(resources).filter((name) => resources[name].Type === `AWS::ApiGateway::${type}`);
    for (const name of named("Deployment")) {
      resources[name].DependsOn = [...[resources[name].DependsOn ?? []].flat(), ...named("GatewayResponse")];
    }
  }
};
