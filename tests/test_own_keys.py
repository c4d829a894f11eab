"""Single keys of one's own: off until they are turned on, one for each thing and none twice."""

import pytest

from comments_service.errors import InvalidComment
from comments_service.store.people import Person
from comments_service.usecases import own_keys
from comments_service.usecases.blog import Blog


class TestTheKeys:
    def test_are_nobodys_until_they_are_turned_on(self, blog: Blog, moderator: Person) -> None:
        assert own_keys.of(blog, moderator) is None
        own_keys.choose(blog, moderator, {})
        assert own_keys.of(blog, moderator) == own_keys.KEYS
        own_keys.turn_off(blog, moderator)
        assert own_keys.of(blog, moderator) == {}

    def test_are_kept_as_chosen_and_the_others_as_they_are(
        self, blog: Blog, moderator: Person
    ) -> None:
        own_keys.choose(blog, moderator, {"next": " Ñ ", "previous": ""})
        assert own_keys.of(blog, moderator) == {**own_keys.KEYS, "next": "ñ"}

    def test_that_are_chosen_twice_are_refused(self, blog: Blog, moderator: Person) -> None:
        with pytest.raises(InvalidComment) as refused:
            own_keys.choose(blog, moderator, {"next": "x", "mark": "x"})
        assert set(refused.value.by_field) == {"next", "mark"}
        with pytest.raises(InvalidComment):
            own_keys.choose(blog, moderator, {"next": "xx"})

    def test_leave_what_was_chosen_alone_when_something_new_has_the_same_key(
        self, blog: Blog, moderator: Person
    ) -> None:
        """Somebody had chosen ``x`` before it was the key to mark a comment."""
        own_keys.choose(blog, moderator, {"next": "x"})
        found = own_keys.of(blog, moderator)
        assert found
        assert found["next"] == "x"
        assert found["mark"] not in own_keys.KEYS.values()
        assert sorted(set(found.values())) == sorted(found.values())
