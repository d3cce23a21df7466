// AWS WAF before the API, where the setting `waf` asks for it: 5 USD a month, 1 for each of the four rules, 0.60 a
// million requests.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html

const API = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${ApiGatewayRestApi}";

// What these would block are texts: a review may be 100,000 characters long, be written in HTML, and quote whatever it
// likes. No function runs, opens or looks up what is in a body; it is JSON, and its text is counted as words.
const BODY_COUNTED = {
  AWSManagedRulesCommonRuleSet: [
    "SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY",
  ],
  AWSManagedRulesKnownBadInputsRuleSet: ["JavaDeserializationRCE_BODY", "Log4JRCE_BODY"],
  AWSManagedRulesAmazonIpReputationList: [],
};

/** The resources for an API's stage; `ratePerAddress` is how many requests an address may send in five minutes. */
module.exports = function firewall({ ratePerAddress }, application, stage) {
  // No samples, which hold addresses.
  const seen = (name) => ({ CloudWatchMetricsEnabled: true, SampledRequestsEnabled: false, MetricName: name });
  const rate = {
    Name: "rate",
    Priority: 0,
    Statement: { RateBasedStatement: { AggregateKeyType: "IP", EvaluationWindowSec: 300, Limit: ratePerAddress } },
    Action: { Block: {} },
    VisibilityConfig: seen("rate"),
  };
  const managed = Object.entries(BODY_COUNTED).map(([name, counted], i) => ({
    Name: name,
    Priority: i + 1,
    Statement: {
      ManagedRuleGroupStatement: {
        VendorName: "AWS",
        Name: name,
        RuleActionOverrides: counted.map((rule) => ({ Name: rule, ActionToUse: { Count: {} } })),
      },
    },
    OverrideAction: { None: {} },
    VisibilityConfig: seen(name),
  }));
  return {
    Firewall: {
      Type: "AWS::WAFv2::WebACL",
      Properties: {
        Name: application,
        Scope: "REGIONAL",
        DefaultAction: { Allow: {} },
        Rules: [rate, ...managed],
        VisibilityConfig: seen(application),
      },
    },
    FirewallOfStage: { // resources/gateway-responses.js has it wait for the stage
      Type: "AWS::WAFv2::WebACLAssociation",
      Properties: {
        WebACLArn: { "Fn::GetAtt": ["Firewall", "Arn"] },
        ResourceArn: { "Fn::Sub": `${API}/stages/${stage}` },
      },
    },
  };
};
