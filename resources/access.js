// Who may call the routes that are not the page's own, and which sites' scripts may: serverless.yml reads both from here.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
const POOL = /^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+$/;
const ORIGIN = /^https?:\/\/[a-z0-9.-]+(:\d+)?$/;

module.exports = async ({ resolveVariable }) => {
  const { access, cors } = await resolveVariable("self:custom.settings");
  return { authorizer: authorizer(access), cors: preflight(cors), origins: cors.length ? cors.join(" ") : null };
};

/** As an http event takes it; null: nobody is asked who they are. */
function authorizer(access) {
  if (access === "open") return null;
  if (access === "iam") return "aws_iam";
  if (POOL.test(access)) return { name: "callers", type: "COGNITO_USER_POOLS", arn: access };
  throw sentence(`access is “${access}”; it has to be open, iam, or the ARN of a Cognito user pool.`);
}

/** What browsers ask before a script of another site may send a body or say who it is. */
function preflight(origins) {
  const wrong = origins.find((origin) => !ORIGIN.test(origin));
  if (wrong !== undefined) throw sentence(`cors has “${wrong}”; it takes origins, such as https://www.example.com.`);
  const headers = ["Content-Type", "Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"];
  return origins.length > 0 && { origins, headers, maxAge: 3600 };
}

function sentence(message) {
  const error = new Error(`custom.stages: ${message}`);
  error.stack = error.message; // which is what is shown
  return error;
}
