"""SageMaker on one machine: moto's API, real training by AWS's own toolkit, and real endpoints behind it."""
