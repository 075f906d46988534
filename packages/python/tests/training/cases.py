"""Training code as users write it, each for one device: what the adapter must train to the same weights and the same printed lines.

Each case is the source of one cell. It ends with `weights`, the tensors to compare; data are small, and the last batch is uneven.
"""

DATA = """
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(3)
X = torch.randn(210, 1, 8, 8)
y = (X.mean((1, 2, 3)) * 40).long().clamp(-2, 2) + 2
"""

CNN = """
class Net(nn.Module):
    def __init__(self, drop=0.0, norm=False):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4) if norm else nn.Identity()
        self.drop = nn.Dropout(drop)
        self.out = nn.Linear(4 * 16, 5)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.conv(x))), 2)
        return self.out(self.drop(x.flatten(1)))
"""

LOOP = """
loader = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)
for epoch in range(3):
    total = 0.0
    for x, t in loader:
        optimizer.zero_grad()
        loss = loss_of(model(x), t)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
    print(f"epoch {epoch} loss {total / len(X):.12f}")
weights = [p.detach() for p in model.parameters()] + [b for b in model.buffers()]
"""

CASES = {
    "a mean loss, Adam and clipped gradients": DATA
    + CNN
    + """
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
loader = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)
for epoch in range(3):
    for x, t in loader:
        optimizer.zero_grad(); loss = F.cross_entropy(model(x), t); loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1); optimizer.step()
    print(f"loss {loss.item():.12f}")
weights = [p.detach() for p in model.parameters()]
""",
    "class weights and an L2 term": DATA
    + CNN
    + """
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
w = torch.tensor([1.0, 2.0, 0.5, 3.0, 1.5])
def loss_of(out, t):
    return F.cross_entropy(out, t, weight=w) + 1e-3 * sum((p ** 2).sum() for p in model.parameters())
"""
    + LOOP,
    "batch normalisation and dropout": DATA
    + CNN
    + """
model = Net(drop=0.4, norm=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
def loss_of(out, t): return F.cross_entropy(out, t, reduction="sum") / 64
"""
    + LOOP,
    "accumulated gradients": DATA
    + CNN
    + """
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(2):
    for i, chunk in enumerate(torch.randperm(len(X)).split(20)):
        loss = F.cross_entropy(model(X[chunk]), y[chunk]) / 4
        loss.backward()
        if i % 4 == 3:
            optimizer.step(); optimizer.zero_grad()
    print(f"{loss.item():.12f}")
weights = [p.detach() for p in model.parameters()]
""",
    "a loss that couples the samples": DATA
    + """
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 8))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for step in range(12):
    x = X[step * 16 : step * 16 + 16]
    a, b = F.normalize(model(x)), F.normalize(model(x + 0.1 * torch.randn_like(x)))
    loss = F.cross_entropy(a @ b.T / 0.2, torch.arange(len(x)))
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(f"{loss.item():.12f}")
weights = [p.detach() for p in model.parameters()]
""",
    "the loss inside forward": DATA
    + """
class WithLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
    def forward(self, x, t):
        return F.cross_entropy(self.body(x), t)
model = WithLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(6):
    loss = model(X[step * 33 : step * 33 + 33], y[step * 33 : step * 33 + 33])
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(f"{loss.item():.12f}")
weights = [p.detach() for p in model.parameters()]
""",
    "a recurrent net, its output folded": DATA
    + """
class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.LSTM(8, 6, batch_first=True)
        self.out = nn.Linear(6, 5)
    def forward(self, x):
        h, _ = self.cells(x)
        return self.out(h.reshape(-1, 6))
model = Recurrent()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(6):
    x, t = X[step * 30 : step * 30 + 30, 0], y[step * 30 : step * 30 + 30]
    loss = F.cross_entropy(model(x), t.repeat_interleave(8))
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(f"{loss.item():.12f}")
weights = [p.detach() for p in model.parameters()]
""",
    "updates by hand": DATA
    + """
model = nn.Linear(64, 5)
for step in range(8):
    x, t = X[step * 25 : step * 25 + 25].flatten(1), y[step * 25 : step * 25 + 25]
    loss = F.cross_entropy(model(x), t); loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= p.grad * 0.2
        model.zero_grad()
    print(f"{loss.item():.12f}")
weights = [p.detach() for p in model.parameters()]
""",
    "LBFGS": DATA
    + """
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=5)
def closure():
    optimizer.zero_grad(); loss = F.cross_entropy(model(X), y); loss.backward(); return loss
for step in range(4):
    print(f"{optimizer.step(closure).item():.9f}")
weights = [p.detach() for p in model.parameters()]
""",
    "a gradient penalty": DATA
    + """
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(6):
    x = X[step * 32 : step * 32 + 32].clone().requires_grad_()
    out = model(x)
    (slope,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    loss = (out.squeeze() ** 2).mean() + ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(f"{loss.item():.12f}")
weights = [p.detach() for p in model.parameters()]
""",
    "a module whose loss needs a tensor of its own": DATA
    + """
temperature = torch.tensor(2.0, requires_grad=True)
class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(64, 5)
    def forward(self, x):
        return self.out(x.flatten(1)) / temperature
model = Scaled()
optimizer = torch.optim.SGD([*model.parameters(), temperature], lr=0.1)
for step in range(6):
    loss = F.cross_entropy(model(X[step * 33 : step * 33 + 33]), y[step * 33 : step * 33 + 33])
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(f"{loss.item():.12f}")
weights = [*(p.detach() for p in model.parameters()), temperature.detach()]
""",
    "no module at all": DATA
    + """
W = torch.zeros(64, 5, requires_grad=True)
for step in range(6):
    loss = F.cross_entropy(X.flatten(1) @ W, y); loss.backward()
    with torch.no_grad():
        W -= 0.5 * W.grad; W.grad = None
    print(f"{loss.item():.12f}")
weights = [W.detach()]
""",
}
