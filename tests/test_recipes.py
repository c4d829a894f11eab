"""The recipes for CI in docs/ci: their structure, and their scripts run on real repositories.

What the platform does (fetching the repository, its cache, its pages) is done here by plain
Git; the machine is prepared already. Everything else is run as it stands in the recipe.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from comments_service import commentfile, content_repo
from comments_service.config.settings import Settings
from comments_service.domain.comments import Comment, Kind, Markup
from comments_service.usecases.public_site import BuiltHere
from tests.support.fixtures import SITE_TOML

ROOT = Path(__file__).parent.parent
RECIPES = ROOT / "docs" / "ci"
NEW_BLOG = ROOT / "comments_service" / "cli" / "blog"
PLATFORMS = ["github", "gitlab", "forgejo"]
PREPARE = "Prepare the machine"

ID = "01hzz3v7q8f5m2k9d4c6b8a7xy"
ARTICLE = "Title: Hola\nDate: 2026-11-01 10:00\nCategory: Escucha\nSlug: hola\n\nUn texto.\n"
PINNED = re.compile(r"(https://code\.forgejo\.org/)?actions/[a-z-]+@[0-9a-f]{40}")


def recipe(platform: str) -> dict[str, Any]:
    read: dict[Any, Any] = yaml.safe_load((RECIPES / f"{platform}.yml").read_text("utf-8"))
    # In YAML 1.1, which PyYAML reads, `on` is a truth value.
    return {("on" if key is True else key): value for key, value in read.items()}


@dataclass(frozen=True)
class Step:
    """One script of a recipe. env: with expressions of the platform."""

    name: str
    script: str
    env: dict[str, str]
    options: str


def steps(platform: str) -> list[Step]:
    """Every script that a build runs, in order."""
    read = recipe(platform)
    if platform == "gitlab":  # one shell for all, which stops at the first fault
        return [Step("script", "\n".join(read["pages"]["script"]), {}, "-eo pipefail")]
    return [
        Step(
            step["name"],
            step["run"],
            step.get("env", {}),
            "-eo pipefail" if step.get("shell") == "bash" else "-e",
        )
        for step in read["jobs"]["build"]["steps"]
        if "run" in step and step["name"] != PREPARE
    ]


@pytest.mark.parametrize("platform", ["github", "forgejo"])
class TestAWorkflow:
    def test_is_started_by_a_push_a_call_and_the_clock(self, platform: str) -> None:
        on = recipe(platform)["on"]
        assert on["push"] == {"branches": ["main"]}
        assert on["workflow_dispatch"] == {}
        assert len(on["schedule"]) == 1
        assert set(on) == {"push", "workflow_dispatch", "schedule"}

    def test_is_the_only_one_at_work(self, platform: str) -> None:
        assert recipe(platform)["concurrency"] == {"group": "site", "cancel-in-progress": False}

    def test_may_read_and_nothing_more(self, platform: str) -> None:
        assert recipe(platform)["permissions"] == {"contents": "read"}
        assert "permissions" not in recipe(platform)["jobs"]["build"]

    def test_ends_by_itself(self, platform: str) -> None:
        for job in recipe(platform)["jobs"].values():
            assert job["timeout-minutes"] <= 30

    def test_uses_actions_by_their_whole_commit(self, platform: str) -> None:
        used = [
            step["uses"]
            for job in recipe(platform)["jobs"].values()
            for step in job["steps"]
            if "uses" in step
        ]
        assert len(used) >= 2
        assert [each for each in used if not PINNED.fullmatch(each)] == []

    def test_puts_no_expression_into_a_script(self, platform: str) -> None:
        """The name of a branch or a person would run there as a command."""
        assert [step.name for step in steps(platform) if "${{" in step.script] == []


class TestGitHub:
    def test_gives_the_right_to_publish_to_the_job_that_runs_nothing_of_ours(self) -> None:
        deploy = recipe("github")["jobs"]["deploy"]
        assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
        assert deploy["needs"] == "build"
        assert not [step for step in deploy["steps"] if "run" in step]


class TestGitLab:
    def test_is_started_by_a_push_a_call_and_the_clock_on_the_main_branch_alone(self) -> None:
        (rule,) = recipe("gitlab")["workflow"]["rules"]
        assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"]
        assert "/^(push|web|trigger|schedule)$/" in rule["if"]

    def test_builds_one_at_a_time_and_keeps_the_last_good_posts(self) -> None:
        pages = recipe("gitlab")["pages"]
        assert (pages["resource_group"], pages["interruptible"]) == ("site", False)
        assert pages["cache"] == {"key": "last-good", "paths": ["var/last-good"]}
        assert pages["artifacts"] == {"paths": ["public"]}


def test_the_three_check_the_comments_in_the_same_way() -> None:
    found = {
        platform: re.search(
            r"^if \[ -n .*?^fi$",
            "\n".join(step.script for step in steps(platform)),
            re.MULTILINE | re.DOTALL,
        )
        for platform in PLATFORMS
    }
    assert len({match and match[0] for match in found.values()}) == 1
    assert all(found.values())


def test_the_page_about_them_names_settings_that_exist() -> None:
    known = {f"TERTULIA_{name.upper()}" for name in Settings.model_fields}
    for path in RECIPES.iterdir():
        named = set(re.findall(r"TERTULIA_[A-Z_]+", path.read_text("utf-8")))
        assert named <= known, path


def test_the_page_about_them_names_addresses_that_the_settings_take() -> None:
    text = (RECIPES / "README.md").read_text("utf-8")
    found = re.findall(r"TERTULIA_BUILD_WEBHOOK=(https:[^`]+)`", text)
    assert len(found) == 3
    for address in found:
        filled = re.sub(r"<[a-z ]+>", "x1", address)
        assert Settings(build="webhook", build_webhook=filled).build_webhook == filled


@dataclass
class Hosting:
    """What stands on the platform: the blog's repository and, for Forgejo, the site's."""

    folder: Path
    account: str = "staff"
    settings: dict[str, str] = field(default_factory=dict)
    built: int = 0

    @property
    def remote(self) -> str:
        return (self.folder / "blog.git").as_uri()

    @property
    def site_remote(self) -> str:
        return (self.folder / "site.git").as_uri()

    @property
    def staff(self) -> Path:
        """A checkout of the branch `main`, in which a person works."""
        return self.folder / "staff"

    @property
    def service(self) -> Path:
        """A checkout of the branch of the comments."""
        return self.folder / "service"

    def run(self, platform: str) -> tuple[int, str, Path]:
        """One build of `main` as it is there: exit code, what was said, the working folder."""
        self.built += 1
        work = self.folder / f"work{self.built}"
        git(self.folder, "clone", "--quiet", "--depth", "1", self.remote, str(work))
        prepare(work)
        said = ""
        for step in steps(platform):
            script = ["bash", *step.options.split(), "-c", step.script]
            environment = self.environment(platform, step)
            done = subprocess.run(
                script, cwd=work, env=environment, text=True, capture_output=True, timeout=300
            )
            said += done.stdout + done.stderr
            if done.returncode:
                return done.returncode, said, work
        return 0, said, work

    def environment(self, platform: str, step: Step) -> dict[str, str]:
        read = recipe(platform)
        before = git(self.staff, "rev-parse", "HEAD~1")
        says = {
            "github.actor": self.account,
            "github.event.before": before,
            "secrets.SITE_REMOTE": self.site_remote,
        }
        expressions = {
            name: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: says[match[1]], str(value))
            for name, value in step.env.items()
        }
        platforms_own = {"GITLAB_USER_LOGIN": self.account, "CI_COMMIT_BEFORE_SHA": before}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "GIT_CONFIG_GLOBAL": os.devnull,
            **(platforms_own if platform == "gitlab" else {}),
            **{k: str(v) for k, v in (read.get("env") or read.get("variables")).items()},
            **self.settings,
            **expressions,
        }


def prepare(work: Path) -> None:
    """The tool, installed as a cache of the platform would bring it: nothing is downloaded."""
    venv = work / ".venv"
    venv.mkdir()
    (venv / "bin").symlink_to(Path(sys.executable).parent)
    (venv / ".ready").touch()
    os.utime(work / "requirements.txt", (0, 0))  # older than the mark: nothing to install


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *identity, *arguments],
        cwd=folder,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull},
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "Change") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    git(folder, "push", "--quiet", "origin", "HEAD")


def a_comment() -> Comment:
    return Comment(
        id=ID,
        thread="hola",
        revision=1,
        number=1,
        kind=Kind.COMMENT,
        markup=Markup.MARKDOWN,
        author="Aitor",
        date=datetime(2026, 11, 2, 10, 0, tzinfo=UTC),
        body="Un comentario.",
    )


@pytest.fixture
def hosting(tmp_path: Path) -> Hosting:
    """A new blog's repository with one article, and one comment in a branch of its own."""
    there = Hosting(tmp_path)
    for name in ("blog.git", "site.git"):
        git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", name)
    staff = there.staff
    git(tmp_path, "clone", "--quiet", there.remote, str(staff))
    for name in ("pelicanconf.py", "publishconf.py", "Makefile", "requirements.txt"):
        shutil.copy(NEW_BLOG / name, staff / name)
    shutil.copy(NEW_BLOG / "gitignore", staff / ".gitignore")
    (staff / "content" / "articles").mkdir(parents=True)
    (staff / "content" / "articles" / "hola.md").write_text(ARTICLE)
    (staff / "content" / "site.toml").write_text(
        SITE_TOML.replace("http://localhost:8000", "https://blog.example.org")
    )
    commit(staff, "A new blog")
    (staff / "README.md").write_text("El blog.\n")
    commit(staff)
    service = there.service
    git(tmp_path, "clone", "--quiet", there.remote, str(service))
    git(service, "checkout", "--quiet", "--orphan", "comments")
    git(service, "rm", "-rfq", ".")
    (service / ".gitattributes").write_text("* -text\n")
    content_repo.write(service, a_comment())
    commit(service, f"publish {ID}")
    return there


def site(platform: str, work: Path) -> Path:
    return work / ("public" if platform == "gitlab" else "output")


def digest(folder: Path) -> str:
    return commentfile.digest((folder / "hola" / f"{ID}.md").read_bytes())


def shows_the_comment(platform: str, work: Path, expected: str) -> bool:
    return BuiltHere(site(platform, work)).shows("/2026/11/hola/", ID, expected)


@pytest.mark.slow
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_script_builds_the_blog_with_comments_of_a_branch_of_their_own(
    hosting: Hosting, platform: str
) -> None:
    code, said, work = hosting.run(platform)
    assert code == 0, said
    assert shows_the_comment(platform, work, digest(hosting.service))
    page = (site(platform, work) / "2026/11/hola/index.html").read_text("utf-8")
    assert "https://blog.example.org/2026/11/hola/" in page


@pytest.mark.slow
def test_comments_may_stand_in_the_branch_of_the_posts(hosting: Hosting) -> None:
    content_repo.write(hosting.staff / "content" / "comments", a_comment())
    commit(hosting.staff, f"publish {ID}")
    hosting.settings = {"COMMENTS_BRANCH": "", "COMMENTS_ACCOUNT": "tertulia"}
    hosting.account = "tertulia"
    code, said, work = hosting.run("github")
    assert code == 0, said
    assert "Nothing but comments" in said
    assert shows_the_comment("github", work, digest(hosting.staff / "content" / "comments"))


@pytest.mark.slow
def test_a_comment_left_in_the_checkout_counts_no_more(hosting: Hosting) -> None:
    """They were moved to a branch of their own, and somebody kept a copy in `main`."""
    left = hosting.staff / "content" / "comments"
    content_repo.write(left, a_comment())
    text = (left / "hola" / f"{ID}.md").read_text().replace("Un comentario", "Antiguo")
    (left / "hola" / f"{ID}.md").write_text(text)
    commit(hosting.staff)
    code, said, work = hosting.run("github")
    assert code == 0, said
    assert shows_the_comment("github", work, digest(hosting.service))


class TestNothingIsBuilt:
    """On one platform: the others check in the same way, as a test above holds."""

    def refused(self, hosting: Hosting) -> str:
        code, said, work = hosting.run("github")
        assert code != 0, said
        assert not (work / "output").exists()
        return said

    @pytest.mark.parametrize("name", ["pelicanconf.py", "hola/plan.txt", f"hola/{ID[:-1]}z.md"])
    def test_when_the_branch_of_the_comments_holds_something_else(
        self, hosting: Hosting, name: str
    ) -> None:
        (hosting.service / name).write_text("import os\n")
        commit(hosting.service, "publish")
        assert name in self.refused(hosting)

    def test_when_it_holds_a_link(self, hosting: Hosting) -> None:
        (hosting.service / "hola" / f"{ID[:-1]}z.md").symlink_to("/etc/passwd")
        commit(hosting.service, "publish")
        assert f"{ID[:-1]}z.md" in self.refused(hosting)

    def test_when_the_branch_of_the_comments_is_not_there(self, hosting: Hosting) -> None:
        """A site without any comment must never take the place of one with them."""
        git(hosting.service, "push", "--quiet", "origin", ":refs/heads/comments")
        assert "comments" in self.refused(hosting)

    def test_when_the_service_pushed_something_else_to_the_same_branch(
        self, hosting: Hosting
    ) -> None:
        hosting.settings = {"COMMENTS_BRANCH": "", "COMMENTS_ACCOUNT": "tertulia"}
        hosting.account = "tertulia"
        (hosting.staff / "pelicanconf.py").write_text("import os\n")
        commit(hosting.staff, "publish")
        assert "pelicanconf.py" in self.refused(hosting)


@pytest.mark.slow
class TestForgejo:
    def test_puts_the_site_on_its_branch_as_one_commit_without_a_past(
        self, hosting: Hosting
    ) -> None:
        for n in range(2):
            (hosting.staff / "content" / "articles" / f"otra{n}.md").write_text(
                ARTICLE.replace("hola", f"otra{n}")
            )
            commit(hosting.staff)
            code, said, _ = hosting.run("forgejo")
            assert code == 0, said
        bare = hosting.folder / "site.git"
        assert git(bare, "rev-list", "--count", "pages") == "1"
        files = git(bare, "ls-tree", "-r", "--name-only", "pages").splitlines()
        assert {"index.html", "2026/11/otra1/index.html", "threads.json"} <= set(files)
