"""What an administrator changes in Identity Center is there for whoever reads it next."""

from inventory.sample_org.reading import directory_of, instance_of, patient_sso, permission_sets_of


def test_tags_of_a_permission_set_are_added_and_replaced(fresh):
    sso, place = patient_sso(fresh), {"InstanceArn": instance_of(fresh)["InstanceArn"]}
    arn = sso.list_permission_sets(**place)["PermissionSets"][0]
    before = tags_of(sso, place, arn)
    for value in ("console", "terraform"):
        tag = {"Key": "managed-by", "Value": value}
        fresh.admin_client("sso-admin").tag_resource(**place, ResourceArn=arn, Tags=[tag])

    assert tags_of(sso, place, arn) == before | {"managed-by": "terraform"}
    assert len(permission_sets_of(fresh)) == 7


def tags_of(sso, place, arn):
    tags = sso.list_tags_for_resource(**place, ResourceArn=arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


def test_a_user_of_the_directory_can_come_as_an_identity_provider_makes_them(fresh):
    store = fresh.admin_client("identitystore")
    place = {"IdentityStoreId": instance_of(fresh)["IdentityStoreId"]}
    name = {"GivenName": "New", "FamilyName": "Person"}
    made = store.create_user(
        **place, UserName="new@example.com", DisplayName="New Person", Name=name
    )["UserId"]
    ids = [{"Issuer": "https://idp.example.com/scim", "Id": "00u9"}]
    change = {"AttributePath": "externalIds", "AttributeValue": ids}
    store.update_user(**place, UserId=made, Operations=[change])

    users = {user["UserId"]: user for user in directory_of(fresh)["users"]}
    assert users[made]["ExternalIds"] == ids
