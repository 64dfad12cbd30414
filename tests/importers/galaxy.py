"""An invented folder of Galaxy Social: accounts of a garden, a year of posts, and the tool's record of what it sent."""

from __future__ import annotations

import json
from pathlib import Path

PLUGINS = """\
plugins:
  - name: Mastodon-Jardin
    class: mastodon.mastodon_client
    enabled: true
    config:
      base_url: "https://jardins.example"
      access_token: $JARDIN_TOKEN
      max_content_length: 500
      account_url: "https://jardins.example/@feuillage"

  - name: bluesky-jardin
    class: bluesky.bluesky_client
    enabled: true
    config:
      base_url: "https://bsky.social"
      username: "feuillage.bsky.social"
      password: $BLUESKY_PASSWORD
      max_content_length: 300

  - name: linkedin-jardin
    class: linkedin.linkedin_client
    enabled: true
    config:
      access_token: $LINKEDIN_TOKEN
      org_id: 12345  # the garden
      max_content_length: 2000

  - name: slack
    class: slack.slack_client
    enabled: false
    config:
      access_token: xoxb-not-a-variable
      channel_id: "C01"
      colour: green
"""

POMMES = """\
---
media:
 - mastodon-jardin
 - Bluesky-Jardin
 - linkedin-jardin

mentions:
 mastodon-jardin:
  - ruisseau@ecoles.example
  - voisins
 bluesky-jardin:
  - https://bsky.app/profile/ruisseau.bsky.social

hashtags:
 mastodon-jardin:
  - Pommes
  - Jardin
 bluesky-jardin:
  - Pommes
  - Jardin
---
On presse les pommes samedi (https://feuillage.example/pommes).

![Des pommes dans un cageot](https://images.example/pommes)
![](https://images.example/pressoir.jpg)


Apportez des bouteilles.

---

Et un panier.
## @tous
"""

SEMIS = (
    "---\nmedia: [mastodon-jardin, linkedin-jardin]\nhashtags: {mastodon-jardin: [Semis]}\n---\nOn sème. "
    + "Fèves, pois, épinards. " * 30
    + "\n"
)

FILES = {
    "plugins.yml": PLUGINS,
    "posts/2025/2025-10-4-pommes.md": POMMES,
    "posts/2025/retry-7_2025-10-4-pommes.md": POMMES.replace(" - mastodon-jardin\n - Bluesky-Jardin\n", ""),
    "posts/2025/retry-9_retry-7_2025-10-4-pommes.md": POMMES.replace(" - mastodon-jardin\n - Bluesky-Jardin\n", ""),
    "posts/2026/24-01-2026-semis.md": SEMIS,
    "posts/2026/05-03-2026-taille.md": "---\nmedia: [mastodon-jardin]\n---\nOn taille.\n",
    "posts/2026/merci.md": "---\nmedia: [mastodon-jardin, bluesky-jardin, tiktok-jardin]\nlayout: wide\n---\nMerci à tous, @voisins !\n",
    "posts/2026/2026-13-45-quand.md": "---\nmedia: [bluesky-jardin]\n---\nQuand ?\n",
    "posts/2027/2027-02-14-abeilles.md": "---\nmedia: [mastodon-jardin]\n---\nLes abeilles.\n",
    "posts/2026/broken.md": "---\nmedia: [mastodon-jardin\n",
    "posts/2026/photo.jpg": "(a picture)",
}
NOTED = {
    "posts/2025/2025-10-4-pommes.md": {"mastodon-jardin": True, "bluesky-jardin": True, "linkedin-jardin": False},
    "posts/2025/retry-7_2025-10-4-pommes.md": {"linkedin-jardin": False},
    "posts/2025/retry-9_retry-7_2025-10-4-pommes.md": {"linkedin-jardin": True},
    "posts/2026/24-01-2026-semis.md": {"mastodon-jardin": True, "linkedin-jardin": False},
    "posts/2026/05-03-2026-taille.md": {"mastodon-jardin": True},
    "posts/2026/merci.md": {"mastodon-jardin": True},
    "posts/2024/gone.md": {"mastodon-jardin": True},
}


def folder(place: Path, noted: object = NOTED) -> Path:
    """Write the folder and return its path."""
    for name, text in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    if noted is not None:
        (place / "processed_files.json").write_text(json.dumps(noted), encoding="utf-8")
    return place
