// What a stage has only where its settings ask for it: mail, a budget, a key of its own, a firewall.
const firewall = require("./firewall.js");

module.exports = async ({ resolveVariable }) => {
  const settings = await resolveVariable("self:custom.settings");
  const name = await resolveVariable("self:custom.application");
  return {
    encryption: encryption(settings.kmsKey),
    keyRights: settings.kmsKey ? { Ref: "KeyRights" } : "", // whoever refers to them waits for them
    resources: {
      Resources: {
        ...(settings.alarmEmail && { AlarmEmail: mailTo(settings.alarmEmail) }),
        ...(settings.monthlyBudgetUsd && { Budget: budget(settings.monthlyBudgetUsd, name) }),
        ...(settings.kmsKey && { KeyRights: keyRights(settings.kmsKey) }),
        ...(settings.waf.enabled && firewall(settings.waf, name, await resolveVariable("sls:stage"))),
      },
    },
  };
};

function encryption(key) {
  if (!key) return { ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } };
  // One request to the key a while, not one an object.
  return { ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: key }, BucketKeyEnabled: true };
}

function mailTo(address) {
  return { Type: "AWS::SNS::Subscription", Properties: { TopicArn: { Ref: "Topic" }, Protocol: "email", Endpoint: address } };
}

// It sees costs by the tag "application", once that is activated, by hand and once an account: Billing and Cost
// Management → Cost allocation tags. The tag can be activated a day after it was first used, and counts from then on.
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
function budget(usd, application) {
  const notify = (NotificationType, Threshold) => ({
    Notification: { NotificationType, ComparisonOperator: "GREATER_THAN", Threshold, ThresholdType: "PERCENTAGE" },
    Subscribers: [{ SubscriptionType: "SNS", Address: { Ref: "Topic" } }],
  });
  return {
    Type: "AWS::Budgets::Budget",
    DependsOn: ["TopicPolicy"],
    Properties: {
      Budget: {
        BudgetName: { "Fn::Sub": `${application}-\${AWS::Region}` },
        BudgetType: "COST",
        TimeUnit: "MONTHLY",
        BudgetLimit: { Amount: usd, Unit: "USD" },
        CostFilters: { TagKeyValue: [`user:application$${application}`] },
      },
      NotificationsWithSubscribers: [notify("ACTUAL", 80), notify("FORECASTED", 100)],
    },
  };
}

// The key's own policy has to let this account's IAM decide, as that of a key made in the console does.
function keyRights(key) {
  const roles = ["Sentiment", "Feedback", "Model", "Models", "Jobs", "Batches", "Batch", "Retrain", "Release", "Reconcile", "Lifecycle", "SageMaker"];
  return {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      Description: "Use of the key of the stage's bucket",
      Roles: roles.map((role) => ({ Ref: `${role}Role` })),
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], Resource: [key] }],
      },
    },
  };
}
