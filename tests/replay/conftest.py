from replay import recordings
from replay.player import summary_of


def pytest_terminal_summary(terminalreporter):
    exchanges = recordings.load()
    if not exchanges:
        terminalreporter.write_line(f"No recordings at {recordings.FOLDER}: only the project's own shapes were checked.")
    for group, counts in summary_of(exchanges).items():
        terminalreporter.write_line(f"Recorded exchanges {group}: {sum(counts.values())}")
        for label, count in sorted(counts.items()):
            terminalreporter.write_line(f"  {count:4} {label}")
