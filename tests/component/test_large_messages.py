"""More than a client takes in one answer comes in several."""

from schemas.json_form import to_json
from tests.support.builders import draft, incident_body, need
from tests.support.scene import Scene
from yrd.exchange.v1.message_pb2 import Draft

COUNT = 60
CLIENT_TAKES = 32 << 20


def large(number: int) -> Draft:
    """A valid report of about 600 KiB."""
    needs = [need(line_id=str(n), note="缺" * 1000) for n in range(100)]
    body = incident_body(needs=needs, measures=["措" * 1000] * 100)
    return draft(body, entity=f"310000/large/{number}")


def test_all_of_them_are_read_by_subscription_and_by_list(scene: Scene) -> None:
    drafts = [large(number) for number in range(COUNT)]
    assert sum(made.ByteSize() for made in drafts) > CLIENT_TAKES
    for made in drafts:
        assert scene.client.publish([made])[0].HasField("accepted"), to_json(made.header)
    wanted = [made.header.message_id for made in drafts]
    with scene.client.subscribe(until_caught_up=True) as batches:
        sizes = [(batch.ByteSize(), len(batch.messages), batch.caught_up) for batch in batches]
    assert sum(count for _, count, _ in sizes) == COUNT
    assert max(size for size, _, _ in sizes) < CLIENT_TAKES
    assert [caught_up for _, _, caught_up in sizes] == [False] * (len(sizes) - 1) + [True]
    listed = scene.client.messages(page_size=1000)
    assert [message.header.message_id for message in listed] == wanted
