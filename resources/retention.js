// How long feedback is kept. S3 takes no rule of 0 days: where it is for ever, the rule is there and does nothing.
module.exports = async ({ resolveVariable }) => {
  const { feedbackDays } = await resolveVariable("self:custom.settings");
  return {
    feedback: {
      Id: "feedback",
      Status: feedbackDays > 0 ? "Enabled" : "Disabled",
      Prefix: "feedback/",
      ExpirationInDays: feedbackDays || 365,
      NoncurrentVersionExpiration: { NoncurrentDays: 1 }, // nobody can bring back what has expired, or was taken back
    },
  };
};
