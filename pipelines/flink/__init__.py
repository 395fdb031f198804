"""The pipeline on Apache Flink: a DataStream job over the functions of the embedded run, and its submission.

Only job.py and steps.py import PyFlink, which has an environment of its own (docs/flink.md).
"""
