"""The markup of every page and the style sheets, read by the checkers of the trade."""

import subprocess
from pathlib import Path

import pytest

from tests.support.service import Service
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def saved(
    service: Service, served: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The built site and the service's public pages, as files."""
    folder = tmp_path_factory.mktemp("html")
    output = service.blog / "output"
    for path in output.rglob("*.html"):
        name = "-".join(path.relative_to(output).parts)
        (folder / name).write_bytes(path.read_bytes())
    for name, address in served.items():
        (folder / f"service-{name}.html").write_text(Visitor().get(address).text, "utf-8")
    assert len(list(folder.iterdir())) > 100
    return folder


def run(*command: object) -> subprocess.CompletedProcess[str]:
    argv = [str(part) for part in command]
    return subprocess.run(argv, capture_output=True, text=True, cwd=Path(__file__).parent)


class TestTheHtml:
    def test_is_valid(self, saved: Path, checkers: Path, java: str) -> None:
        vnu = checkers / "vnu-jar" / "build" / "dist" / "vnu.jar"
        found = run(java, "-jar", vnu, "--errors-only", "--skip-non-html", "--stdout", saved)
        assert found.returncode == 0, found.stdout[:5_000]

    def test_satisfies_html_validate(self, saved: Path, checkers: Path) -> None:
        program = checkers / ".bin" / "html-validate"
        found = run(program, "--config", Path(__file__).parent / ".htmlvalidate.json", saved)
        assert found.returncode == 0, found.stdout[:5_000]


class TestTheStyleSheets:
    def test_satisfy_stylelint(self, service: Service, checkers: Path) -> None:
        """Ours, those that the build derives from a colour, and the service's."""
        written = [*(ROOT / "theme").rglob("*.css"), *(ROOT / "comments_service").rglob("*.css")]
        derived = [*(service.blog / "output").rglob("tokens.css")]
        assert written
        assert derived
        config = Path(__file__).parent / ".stylelintrc.json"
        program = checkers / ".bin" / "stylelint"
        found = run(program, "--config", config, "--formatter", "unix", *written, *derived)
        assert found.returncode == 0, (found.stdout + found.stderr)[:5_000]
