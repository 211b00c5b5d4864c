"""What somebody wants from the lab about one device."""

from enum import StrEnum


class SupportTopic(StrEnum):
    """Something does not work, somebody asks, or somebody would like to keep it longer."""

    DEFECT = "defect"
    QUESTION = "question"
    EXTENSION = "extension"
