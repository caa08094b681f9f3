"""Whether a trail sees everything is a claim that coverage rests on: partly is not yes."""

import pytest

from inventory.aws.trail_selectors import logs_data_events, logs_management_events


def classic(*selectors):
    return {"EventSelectors": list(selectors)}


def advanced(*selectors):
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)} for fields in selectors]}


def field(name, **values):
    return {"Field": name} | values


MANAGEMENT = field("eventCategory", Equals=["Management"])
DATA = field("eventCategory", Equals=["Data"])
NO_KMS = field("eventSource", NotEquals=["kms.amazonaws.com"])
ALL = {"ReadWriteType": "All", "IncludeManagementEvents": True}


@pytest.mark.parametrize(
    ("selectors", "management", "data"),
    [
        ({}, None, None),
        (classic(), None, None),
        (classic(ALL), True, False),
        (classic(ALL | {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}), True, False),
        (classic(ALL | {"IncludeManagementEvents": False}), False, False),
        (classic(ALL | {"ReadWriteType": "WriteOnly"}), None, False),
        (
            classic(ALL | {"ReadWriteType": "WriteOnly"}, ALL | {"ReadWriteType": "ReadOnly"}),
            True,
            False,
        ),
        (classic(ALL | {"DataResources": [{"Type": "AWS::S3::Object"}]}), True, True),
        (advanced([MANAGEMENT]), True, False),
        (advanced([DATA]), False, True),
        (advanced([MANAGEMENT], [DATA]), True, True),
        (advanced([MANAGEMENT, field("readOnly", Equals=["false"])]), None, False),
        (
            advanced([MANAGEMENT, field("eventSource", NotEquals=["kms.amazonaws.com"])]),
            True,
            False,
        ),
        (advanced([MANAGEMENT, field("eventSource", Equals=["iam.amazonaws.com"])]), None, False),
        (advanced([MANAGEMENT, field("userIdentity.arn", NotStartsWith=["arn"])]), None, False),
    ],
)
def test_selectors_are_told_as_all_none_or_partly(selectors, management, data):
    assert logs_management_events(selectors) is management
    assert logs_data_events(selectors) is data
