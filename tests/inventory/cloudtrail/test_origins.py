"""Tools and networks, as real user agents and addresses name them."""

import pytest

from inventory.cloudtrail.agents import FAMILIES, agent
from inventory.cloudtrail.networks import network

AGENTS = {
    "aws-cli/2.36.19 md/awscrt#0.31 ua/2.1 os/macos#25.1": ("aws-cli-v2", "2.36.19"),
    "aws-cli/1.16.248 Python/3.4.7 Linux/4.9 botocore/1.12.239": ("aws-cli-v1", "1.16.248"),
    "[aws-cli/1.11.10 Python/2.7.8 botocore/1.4.67]": ("aws-cli-v1", "1.11.10"),
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux": ("boto3", "1.44.5"),
    "Botocore/1.29.76 Python/3.9.16 Linux": ("botocore", "1.29.76"),
    "HashiCorp/1.0 Terraform/1.13.5 terraform-provider-aws/6.20.0 aws-sdk-go-v2/1.39": (
        "terraform",
        "1.13.5",
    ),
    "aws-sdk-go/1.44.1 (go1.18; linux; amd64)": ("aws-sdk-go", "1.44.1"),
    "aws-sdk-go-v2/1.39.2 os/linux lang/go#1.25.1": ("aws-sdk-go", "1.39.2"),
    "aws-sdk-java/2.31.11 md/io#sync": ("aws-sdk-java", "2.31.11"),
    "aws-sdk-js/3.540.0 ua/2.0 os/linux": ("aws-sdk-js", "3.540.0"),
    "aws-sdk-nodejs/2.814.0 linux/v12.18.3": ("aws-sdk-js", "2.814.0"),
    "aws-sdk-ruby3/3.170.0 ruby/3.1.3": ("aws-sdk-ruby", "3.170.0"),
    "aws-sdk-php/3.263.0 OS/Linux": ("aws-sdk-php", "3.263.0"),
    "aws-sdk-dotnet-coreclr/3.7.100 .NET_Core/6.0": ("aws-sdk-dotnet", "3.7.100"),
    "aws-sdk-rust/1.2.0 os/linux lang/rust/1.75": ("aws-sdk-rust", "1.2.0"),
    "aws-sdk-kotlin/1.0.30 ua/2.0": ("aws-sdk-kotlin", "1.0.30"),
    "aws-sdk-cpp/1.11.1 ua/2.0": ("aws-sdk-cpp", "1.11.1"),
    "kubectl/v1.27.1 (linux/amd64)": ("kubernetes", "1.27.1"),
    "elbv2.k8s.aws/v2.4.7 aws-sdk-go/1.42": ("kubernetes", "2.4.7"),
    "console.amazonaws.com": ("console", ""),
    "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.991 Linux]": ("console", "0.4"),
    "Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36": ("browser", "142"),
    "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/144.0": ("browser", "144"),
    "AWS Internal": ("aws-internal", ""),
    "cloudformation.amazonaws.com": ("aws-internal", ""),
    "my-script": ("custom", ""),
    "": ("", ""),
    None: ("", ""),
}

NETWORKS = {
    "203.0.113.77": "203.0.113.0/24",
    "2001:db8:1:2::3": "2001:db8:1::/48",
    "::ffff:203.0.113.77": "203.0.113.0/24",
    "AWS Internal": "aws",
    "cloudformation.amazonaws.com": "aws",
    "10.0.0.0.1": "",
    "": "",
    None: "",
}


@pytest.mark.parametrize("text", AGENTS)
def test_a_user_agent_has_its_family_and_version(text):
    assert agent(text) == AGENTS[text]
    assert agent(text).family in {*FAMILIES, "custom", ""}


@pytest.mark.parametrize("address", NETWORKS)
def test_an_address_is_shown_as_its_network(address):
    assert network(address) == NETWORKS[address]


def test_a_hostile_user_agent_is_bounded():
    assert agent("Terraform/1." + "9" * 100_000).version.startswith("1.99")
    assert len(agent("Terraform/1." + "9" * 100_000).version) <= 32
