"""Training code that is easy to share out wrongly: models that change their ways, keep or draw things, mix rows now and then, or are
called in ways of their own. As `cases`, each is the source of one cell; PARTING holds cells whose ranks cannot stay together.
"""

from __future__ import annotations

from training.cases import CNN, DATA


def _net(body: str, after: str = "", before: str = "") -> str:
    """A small net whose `forward(self, x, *more)` is `body`, trained for ten steps; `after` stands between the net and the loop."""
    lines = "".join(f"        {line}\n" for line in body.split("\n"))
    return f"""{DATA}{before}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(64, 16); self.n = nn.BatchNorm1d(16); self.b = nn.Linear(16, 5)
    def forward(self, x, *more):
{lines}model = Net()
{after}{_fit()}"""


def _fit(
    call: str = "model(x)", first: str = "pass", x: str = "X[step * 20 : step * 20 + 20].flatten(1)"
) -> str:
    return f"""
optimizer = torch.optim.SGD([p for p in model.parameters()], lr=0.1)
kept = []
for step in range(10):
    x, t = {x}, y[step * 20 : step * 20 + 20]
    {first}
    loss = F.cross_entropy({call}, t)
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(f"{{loss.item():.12f}}")
weights = [*(p.detach() for p in model.parameters()), *model.buffers(), *(each.detach() for each in kept)]
"""


_PLAIN = "return self.b(self.a(x).tanh())"

HARD = {
    "a counter in forward": _net(
        "self.count = getattr(self, 'count', 0) + 1\nh = self.a(x)\n"
        "if self.count > 3: h = h - h.mean(0)\nreturn self.b(h.tanh())"
    ),
    "a global that forward reads": _net(
        "h = self.a(x)\nif step > 3: h = h - h.mean(0)\nreturn self.b(h.tanh())"
    ),
    "an argument that is no tensor": _net(
        "h = self.a(x)\nif more[0] == 'mixed': h = h.softmax(0)\nreturn self.b(h.tanh())"
    ).replace("model(x)", "model(x, 'mixed' if step % 5 == 4 else 'plain')"),
    "draws of python and numpy in forward": _net(
        "h = self.a(x) * random.random() * np.random.rand()\nif random.random() < 0.3: h = h - h.mean(0)\n"
        "return self.b(h.tanh())",
        before="import random, numpy as np\nrandom.seed(1); np.random.seed(1)",
    )
    + "weights.append(torch.tensor([random.random(), np.random.rand()]))",
    "a tensor kept by forward": _net("self.h = self.a(x)\nreturn self.b(self.h.tanh())")
    + "weights.append(model.h.detach())",
    "a list that forward appends to": _net("kept.append(x.sum())\n" + _PLAIN),
    "a forward hook": _net(_PLAIN, "model.a.register_forward_hook(lambda m, i, o: kept.append(o))\n"),
    "a hook on a parameter": _net(_PLAIN, "model.a.weight.register_hook(lambda g: kept.append(g.norm()))\n"),
    "a forward that prints": _net("print(len(x))\n" + _PLAIN),
    "a forward that changes its argument": _net("x.mul_(0.5)\n" + _PLAIN)
    .replace(".flatten(1)", ".flatten(1).clone(); kept.append(x)")
    .replace("; kept.append(x), y", ", y"),
    "a forward that decays a weight": _net("self.a.weight.data.mul_(0.99)\n" + _PLAIN),
    "a scale by the largest row, mostly the same": _net(
        "return self.b(self.a(x / x.abs().max().clamp(min=5.0)).tanh())", "X[103] *= 3\n"
    ),
    "an error that the loop catches": _net(
        "if (x[:, 0] > 2.5).any(): raise ValueError('too big')\n" + _PLAIN, "X[64, 0, 0, 0] = 5.0\n"
    ).replace("    loss = F", "    try: model(x)\n    except ValueError: continue\n    loss = F"),
    "a branch by the rows": _net(
        "h = self.a(x)\nif x[:, 0].mean() > 0: h = self.n(h)\nreturn self.b(h.tanh())"
    ),
    "steps by functional_call": _net(_PLAIN).replace(
        "    loss = F.cross_entropy(model(x), t)",
        "    named = dict(model.named_parameters())\n"
        "    slopes = torch.autograd.grad(F.cross_entropy(torch.func.functional_call(model, named, (x,)), t),"
        " list(named.values()), create_graph=True, allow_unused=True)\n"
        "    fast = {k: p if d is None else p - 0.1 * d for (k, p), d in zip(named.items(), slopes)}\n"
        "    loss = F.cross_entropy(torch.func.functional_call(model, fast, (x,)), t)",
    ),
    "other dropouts": DATA
    + "model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Dropout2d(0.3), nn.SELU(), nn.AlphaDropout(0.2),"
    " nn.FeatureAlphaDropout(0.2), nn.Flatten(), nn.Linear(144, 5))\n"
    + _fit(x="X[step * 20 : step * 20 + 20]"),
    "checkpointed steps": _net(
        "h = checkpoint(lambda v: F.dropout(self.a(v), 0.3).tanh(), x, use_reentrant=False)\nreturn self.b(h)",
        before="from torch.utils.checkpoint import checkpoint",
    ),
    "layers frozen for a while": DATA
    + CNN
    + "model = Net(norm=True)\n"
    + _fit(
        x="X[step * 20 : step * 20 + 20]",
        first="model.norm.train(step < 4); model.conv.weight.requires_grad_(step < 4 or step > 7)",
    ),
    "batches of one": _net(_PLAIN).replace(
        "20 : step * 20 + 20", "20 : step * 20 + (20, 1, 2, 16, 5)[step % 5]"
    ),
    "sparse gradients": DATA
    + "model = nn.Sequential(nn.EmbeddingBag(10, 8, mode='mean', sparse=True), nn.Linear(8, 5))\n"
    + _fit(x="torch.randint(0, 10, (20, 7))").replace(
        "; optimizer.step()", "; optimizer.step(); optimizer.zero_grad()"
    ),
}

SPLIT = {
    "a counter in forward": "attribute count",
    "a global that forward reads": "differs",
    "an argument that is no tensor": "differs",
    "draws of python and numpy in forward": "differs",
    "a tensor kept by forward": "attribute h",
    "a list that forward appends to": "variable kept",
    "a forward hook": "hook",
    "a forward that prints": "prints",
    "a forward that changes its argument": "arguments",
    "a forward that decays a weight": "parameter a.weight",
    "a scale by the largest row, mostly the same": "mixes rows (max)",
    "an error that the loop catches": "mixes rows (any)",
    "a branch by the rows": "mixes rows|different ways",
    "checkpointed steps": "gradient",
    "sparse gradients": "sparse",
}
"""Cases whose model is called whole while its layers may be shared out, and a word of the reason."""

_ONE_RANK = "next(each for each in gc.get_objects() if isinstance(each, World)).rank == 1"
_GENERATOR = "import numpy as np\nrng = np.random.default_rng()\n"

PARTING = {
    "batches by chance": _net(_PLAIN, _GENERATOR).replace(
        "    pass", "    x = X[rng.permutation(210)[:20]].flatten(1)"
    ),
    "labels by chance": _net(_PLAIN, _GENERATOR).replace("    pass", "    t = t[rng.permutation(20)]"),
    "weights by chance": _net(_PLAIN, _GENERATOR)
    + "with torch.no_grad(): model.b.bias += torch.from_numpy(rng.normal(size=5))",
    "one rank stops early": _net(
        _PLAIN, before="import gc\nfrom cellfarm.adapters.world import World"
    ).replace("    pass", f"    if step == 5 and {_ONE_RANK}: break"),
}
