"""Makes each `test("rule", …)` of a *.test.mjs file a test here, once for each rig.

A file runs once a rig under Node's own test runner; its items then read their verdicts from that run.
"""

import json
import re
import shutil
import subprocess

import pytest

from harness import paths
from harness.rigs import DOMAINS, rig_named

NODE_LIMIT_S = 150
TEST = re.compile(r'^test\("([^"]+)"', re.MULTILINE)
VERDICT = re.compile(r"^(ok|not ok) \d+ - (.*?)(?: # .*)?$", re.MULTILINE)


def pytest_collect_file(file_path, parent):
    if file_path.name.endswith(".test.mjs"):
        return JavaScriptFile.from_parent(parent, path=file_path)


class JavaScriptFile(pytest.File):
    def collect(self):
        for which in DOMAINS:
            run = Run(self.path, which)
            for rule in TEST.findall(self.path.read_text()):
                yield JavaScriptItem.from_parent(self, name=f"{rule}[{which}]", rule=rule, run=run)


class JavaScriptItem(pytest.Item):
    def __init__(self, *, rule: str, run: "Run", **arguments):
        super().__init__(**arguments)
        self.rule = rule
        self.run = run

    def runtest(self):
        verdicts, output = self.run.result()
        assert verdicts.get(self.rule) == "ok", output

    def repr_failure(self, excinfo, style=None):
        return str(excinfo.value) if excinfo.errisinstance(AssertionError) else super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, self.name


class Run:
    """One run of one file against one rig, done when its first verdict is asked for."""

    def __init__(self, file, which: str):
        self.file = file
        self.which = which
        self._result = None

    def result(self) -> tuple[dict[str, str], str]:
        if self._result is None:
            self._result = self._run()
        return self._result

    def _run(self) -> tuple[dict[str, str], str]:
        rig = rig_named(self.which)
        for module in self.file.parent.glob("*.mjs"):  # beside the packages, where Node looks for them
            shutil.copy(module, paths.JS)
        environment = {
            "PATH": f"{paths.VENV / 'bin'}:/usr/bin:/bin",
            "HOME": str(rig.directory),
            "RIG": json.dumps(rig.describe()),
            **rig.environment(rig.user),
        }
        command = ["node", "--test", "--test-reporter=tap", self.file.name]
        done = subprocess.run(
            command, cwd=paths.JS, env=environment, capture_output=True, text=True, timeout=NODE_LIMIT_S
        )
        return {rule: verdict for verdict, rule in VERDICT.findall(done.stdout)}, done.stdout + done.stderr
