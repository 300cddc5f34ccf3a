// Judges CloudFormation templates by cdk-nag: every pack, and the one rule of
// those outside the packs that the catalogue names. Prints, for each template,
// the verdict of each rule: passed by all resources it applies to, failed, or
// unread because the rule cannot follow a reference. A rule that names its
// findings fails for each of them, by its name and theirs.
const { createRequire } = require("node:module");
const load = createRequire(`${process.env.SECURE_JUDGES}/npm/package.json`);
const { App, Stack } = load("aws-cdk-lib");
const { CfnManagedPolicy } = load("aws-cdk-lib/aws-iam");
const { CfnInclude } = load("aws-cdk-lib/cloudformation-include");
const nag = load("cdk-nag");
const { default: LambdaLogging } = load("cdk-nag/lib/rules/lambda/LambdaLogging");

class Others extends nag.NagPack {
  constructor() {
    super();
    this.packName = "Others";
  }
  checkResource(node) {
    this.applyRule({ node, rule: LambdaLogging });
  }
}

const packs = [
  new nag.AwsSolutionsChecks(), new nag.HIPAASecurityChecks(), new nag.NIST80053R4Checks(),
  new nag.NIST80053R5Checks(), new nag.PCIDSS321Checks(), new nag.ServerlessChecks(), new Others(),
];

const report = {};
const worst = ["passed", "unread", "failed"];
let verdicts;

function record(id, verdict) {
  if (worst.indexOf(verdict) > worst.indexOf(verdicts[id])) verdicts[id] = verdict;
}

for (const pack of packs) {
  pack.applyRule = ({ node, rule, ruleSuffixOverride }) => {
    const id = `${pack.readPackName}-${ruleSuffixOverride ?? rule.name}`;
    let result;
    try {
      result = rule(node);
    } catch {
      return record(id, "unread");
    }
    if (Array.isArray(result)) {
      record(id, "passed");
      for (const finding of result) record(`${id}[${finding}]`, "failed");
      return;
    }
    if (result === nag.NagRuleCompliance.NOT_APPLICABLE) return;
    record(id, result === nag.NagRuleCompliance.COMPLIANT ? "passed" : "failed");
  };
}

// Some rules search the text of a policy for the order in which the CDK writes
// the keys of a statement, which is the alphabet's.
function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]));
}

for (const file of process.argv.slice(2)) {
  verdicts = report[file] = {};
  const stack = new Stack(new App(), "unit");
  new CfnInclude(stack, "template", { templateFile: file });
  for (const node of stack.node.findAll()) {
    if (node instanceof CfnManagedPolicy) node.policyDocument = ordered(stack.resolve(node.policyDocument));
  }
  for (const pack of packs) pack.validateScope(stack);
}
process.stdout.write(JSON.stringify(report));
