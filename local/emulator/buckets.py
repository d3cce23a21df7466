"""CloudFormation takes over the buckets that an earlier run left on disk.

The stack is deployed anew at each start, and AWS, as the emulator, refuses to create a bucket that exists.
"""

from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

left = {name for account, name in s3._buckets._data}
conflict = provisioners.s3_bucket_name_conflict
create = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["create"]


def conflict_unless_left(name: str) -> str | None:
    """A sentence when a stack may not create a bucket of this name."""
    return None if name in left else conflict(name)


def create_around_objects(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
    """Create the bucket as the template has it; the objects that it held are still there."""
    name = properties.get("BucketName")
    if name not in left:
        return create(logical_id, properties, stack)
    left.discard(name)
    before = s3._buckets.pop(name)
    try:
        return create(logical_id, properties, stack)
    finally:
        s3._buckets.setdefault(name, before)["objects"] = before["objects"]


provisioners.s3_bucket_name_conflict = conflict_unless_left
provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["create"] = create_around_objects
