"""Writes resources/images.json: AWS's images for training and serving in every region, as SageMaker's SDK knows them.

    npm run images

Runs in an environment of its own (requirements/sdk.in). Another version of an image is a change here, and the command.
"""

import json
from pathlib import Path

IMAGES_FILE = Path(__file__).resolve().parent.parent / "resources" / "images.json"
TRAINING = {"framework": "pytorch-amzn2023", "version": "2.13", "image_scope": "training"}
SERVING = {
    "framework": "huggingface",
    "version": "5.5.3",
    "base_framework_version": "pytorch2.6.0",
    "py_version": "py312",
    "image_scope": "inference",
}
IMAGES = {
    "trainingCpu": {**TRAINING, "instance_type": "ml.m5.large"},
    "trainingGpu": {**TRAINING, "instance_type": "ml.g5.xlarge"},
    "servingCpu": {**SERVING, "instance_type": "ml.m5.large"},
    "servingGpu": {**SERVING, "instance_type": "ml.g5.xlarge"},
}


def images() -> dict[str, dict[str, str]]:
    """Region → name of an image → its address; the regions are those that have all of them."""
    from sagemaker.core.image_uris import config_for_framework, retrieve

    def regions(framework: str, version: str, image_scope: str, base_framework_version: str = "", **_: str) -> set[str]:
        known = config_for_framework(framework)[image_scope]["versions"][version]
        return set((known[base_framework_version] if base_framework_version else known)["registries"])

    everywhere = set.intersection(*(regions(**image) for image in IMAGES.values()))
    return {
        region: {name: retrieve(region=region, **image) for name, image in IMAGES.items()}
        for region in sorted(everywhere)
    }


def text() -> str:
    """The file as it has to be."""
    return json.dumps(images(), indent=2) + "\n"


if __name__ == "__main__":
    IMAGES_FILE.write_text(text())
