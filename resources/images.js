// The images of images.json for the region that is deployed to, or a sentence: serverless.yml reads them from here.
const images = require("./images.json");

module.exports = async ({ resolveVariable }) => {
  const region = await resolveVariable("aws:region");
  if (images[region]) return images[region];
  const error = new Error(
    `SageMaker's images for training and serving are not offered in the region ${region}. ` +
      `Deploy with --region and one of: ${Object.keys(images).join(", ")}.`,
  );
  error.stack = error.message; // which is what is shown
  throw error;
};
