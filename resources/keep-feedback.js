// Stops `serverless remove` before it has removed anything where the stage keeps its feedback and there is some.
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
    const request = { Bucket: bucket, Prefix: "feedback/", MaxKeys: 1 };
    try {
      return (await this.serverless.getProvider("aws").request("S3", "listObjectsV2", request)).Contents ?? [];
    } catch (error) {
      if (/NoSuchBucket|does not exist/.test(`${error.code} ${error.message}`)) return []; // removed before, in part
      throw error;
    }
  }
};
