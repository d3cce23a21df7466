// Stops `serverless remove` before it has removed anything where the stage keeps its feedback and there is some.
const { ListObjectsV2Command, S3Client } = require("@aws-sdk/client-s3");

module.exports = class KeepFeedback {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { "before:remove:remove": () => this.check() };
  }

  async check() {
    const { settings, bucket } = this.serverless.service.custom;
    if (!settings.keepFeedback) return;
    if ((await this.objects(bucket)).length === 0) return;
    throw new this.serverless.classes.Error(
      `s3://${bucket}/feedback/ holds what people told this stage, and custom.stages keeps it (keepFeedback). ` +
        "Nothing was removed. Delete what is there, or deploy with keepFeedback: false, and remove the stage again.",
      "FEEDBACK_KEPT",
    );
  }

  async objects(bucket) {
    const s3 = new S3Client(await this.serverless.getProvider("aws").getAwsSdkV3Config());
    try {
      return (await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "feedback/", MaxKeys: 1 }))).Contents ?? [];
    } catch (error) {
      if (error.name === "NoSuchBucket") return []; // removed before, in part
      throw error;
    }
  }
};
