"""Text that talks to a machine: phrases that order a reader about, which no paper needs."""

from __future__ import annotations

import re

_ORDERS = re.compile(
    r"(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+)*(?:previous|prior|above|earlier|preceding)"
    r"\s+(?:instruction|prompt|rule|message|context|direction)"
    r"|^\s*(?:system|assistant|developer)\s*(?:prompt|message)?\s*:\s*\S"
    r"|\b(?:you are now|act as|pretend to be)\s+(?:an?\s+)?(?:ai|assistant|language model|chatbot|dan|root|admin)"
    r"|<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]"
    r"|\b(?:call|invoke|execute|run)\s+(?:the\s+)?(?:tool|function|\w+\.\w+\s*\(|\w+\.(?:submit|run|execute|delete|send)\w*)"
    r"|\b(?:do not|don't|never)\s+(?:tell|inform|mention\s+(?:this|it)\s+to)\s+the\s+user"
    r"|\bnew instructions?\s*:|\breveal\s+(?:your\s+)?(?:system\s+)?(?:prompt|instructions|api key)"
    r"|忽略(?:之前|以上|前面|先前)(?:的)?(?:所有|全部)?(?:的)?(?:指令|指示|提示)",
    re.IGNORECASE | re.MULTILINE,
)


def is_suspicious(text: str) -> bool:
    """Whether a text orders its reader about as an injected instruction does."""
    return _ORDERS.search(" ".join(text.split())) is not None or _ORDERS.search(text) is not None
