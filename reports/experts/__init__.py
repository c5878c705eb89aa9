"""What experts wrote by hand, one YAML file for each kernel (schema ``twill/expert/v1``)."""
