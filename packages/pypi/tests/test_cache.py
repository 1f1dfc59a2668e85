"""What is kept of compiled policies, and what is trusted."""

import os
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from code_execute_policy import Cache, Policy
from code_execute_policy.engine import engine
from components import component


class CompiledPolicies(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = Path(temporary.name) / "parent" / "cache"
        self.cache = Cache(self.directory)
        self.bytes = component()

    def kept(self) -> list[Path]:
        return sorted(self.directory.glob("*.cwasm"))

    def loads(self) -> Policy:
        policy = Policy(self.bytes, cache=self.cache)
        self.assertEqual(policy.scan("import os"), [])
        return policy

    def trusts(self) -> bool:
        return self.cache.get(engine(), self.loads().sha256) is not None

    def test_a_policy_is_kept_for_its_user_alone_and_found_again(self) -> None:
        policy = self.loads()
        [file] = self.kept()
        self.assertEqual(self.directory.stat().st_mode & 0o777, 0o700)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertIsNotNone(self.cache.get(engine(), policy.sha256))
        self.assertIsNone(self.cache.get(engine(), "0" * 64))

    def test_a_damaged_file_is_replaced(self) -> None:
        policy = self.loads()
        [file] = self.kept()
        file.write_bytes(file.read_bytes()[:-1] + b"?")
        self.assertIsNone(self.cache.get(engine(), policy.sha256))
        self.loads()
        self.assertEqual(self.kept(), [file])
        self.assertIsNotNone(self.cache.get(engine(), policy.sha256))

    def test_a_file_that_others_may_write_is_not_trusted(self) -> None:
        policy = self.loads()
        [file] = self.kept()
        file.chmod(0o666)
        self.assertIsNone(self.cache.get(engine(), policy.sha256))

    def test_a_link_is_not_followed(self) -> None:
        policy = self.loads()
        [file] = self.kept()
        aside = self.directory / "aside"
        file.rename(aside)
        file.symlink_to(aside)
        self.assertIsNone(self.cache.get(engine(), policy.sha256))

    def test_a_directory_that_others_may_enter_is_neither_trusted_nor_used(self) -> None:
        policy = self.loads()
        self.directory.chmod(0o755)
        self.assertIsNone(self.cache.get(engine(), policy.sha256))
        self.kept()[0].unlink()
        self.loads()
        self.assertEqual(self.kept(), [])

    def test_a_directory_behind_a_link_is_neither_trusted_nor_used(self) -> None:
        self.loads()
        aside = self.directory.with_name("aside")
        self.directory.rename(aside)
        self.directory.symlink_to(aside)
        self.assertFalse(self.trusts())

    def test_a_directory_of_somebody_else_is_neither_trusted_nor_used(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("only root can give a directory away")
        self.loads()
        os.chown(self.directory, 65534, 65534)
        self.assertFalse(self.trusts())

    def test_a_cache_that_cannot_be_made_is_no_error(self) -> None:
        self.directory.parent.write_text("no directory")
        self.assertFalse(self.trusts())

    def test_the_users_cache_is_where_the_environment_says(self) -> None:
        cases = [
            ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, Path("/x/code-execute-policy")),
            ({"XDG_CACHE_HOME": "x", "HOME": "/h"}, Path("/h/.cache/code-execute-policy")),
            ({"HOME": "h"}, None),
            ({}, None),
        ]
        for environment, directory in cases:
            with unittest.mock.patch.dict(os.environ, environment, clear=True):
                self.assertEqual(Cache.of_user().directory, directory)
