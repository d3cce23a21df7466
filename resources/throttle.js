// Limits how often each route of the stage may be asked, as part of `serverless deploy`. A usage plan limits only
// requests that bring a key, and the template has no stage: serverless makes it together with each deployment.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
const { APIGatewayClient, UpdateStageCommand } = require("@aws-sdk/client-api-gateway");
const { DescribeStackResourceCommand } = require("@aws-sdk/client-cloudformation");

module.exports = class Throttle {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { "after:deploy:deploy": () => this.apply() };
  }

  async apply() {
    const aws = this.serverless.getProvider("aws");
    const { public: all, feedback } = this.serverless.service.custom.settings.throttle;
    const gateway = new APIGatewayClient(await aws.getAwsSdkV3Config());
    await gateway.send(
      new UpdateStageCommand({
        restApiId: await this.apiId(aws),
        stageName: aws.getStage(),
        patchOperations: [...limits("/*/*", all), ...limits("/~1feedback/POST", feedback)],
      }),
    );
  }

  async apiId(aws) {
    const api = { StackName: aws.naming.getStackName(), LogicalResourceId: aws.naming.getRestApiLogicalId() };
    const cloudFormation = await aws.getCloudFormationClient();
    const found = await cloudFormation.send(new DescribeStackResourceCommand(api));
    return found.StackResourceDetail.PhysicalResourceId;
  }
};

function limits(method, { rate, burst }) {
  return [
    { op: "replace", path: `${method}/throttling/rateLimit`, value: String(rate) },
    { op: "replace", path: `${method}/throttling/burstLimit`, value: String(burst) },
  ];
}
