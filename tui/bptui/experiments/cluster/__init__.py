"""Training on the workers of a Dask cluster. Dask itself is imported when an executor is created."""
