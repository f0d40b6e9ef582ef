"""The product's own works, measured beside a bare page of the framework in the same run."""
