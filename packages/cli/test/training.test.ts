// A training cell played by a gang of ranks, from the notebook's file to the executed notebook, on real parts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place } from './helpers/command.js';
import { toNotebook } from './notebooks/to-notebook.js';

const place = new Place();
afterAll(() => place.remove());

const SETUP = `# %%
import torch
from torch import nn
from torch.nn import functional as F
torch.set_default_dtype(torch.float64)
# %%
torch.manual_seed(4)
X = torch.randn(90, 1, 8, 8)
y = (X.mean((1, 2, 3)) * 40).long().clamp(-2, 2) + 2
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.out = nn.Linear(4 * 16, 5)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.conv(x))), 2)
        return self.out(F.dropout(x.flatten(1), 0.2, self.training))
`;
const TRAIN = `# %% train
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
history = []
for epoch in range(3):
    for part in torch.randperm(90).split(32):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X[part]), y[part])
        loss.backward()
        optimizer.step()
    history.append(loss.item())
    print(f"epoch {epoch} loss {history[-1]:.9f}")
`;
const LOOK = `# %%
model.eval()
print(f"{model(X).sum().item():.9f} {torch.rand(1).item():.12f}")
print(type(model) is Net, optimizer.param_groups[0]["params"][0] is model.conv.weight, len(history))
`;
/** Writes what each rank would write as well. */
const WRITES = `# %% train
model = Net()
loss = F.cross_entropy(model(X), y)
with open("log.txt", "a") as log:
    print("one line", file=log)
`;

function write(name: string, text: string): void {
  writeFileSync(join(place.folder, name), toNotebook(text));
}

/** What the cells of an executed notebook printed. */
function printed(name: string): string {
  const notebook = JSON.parse(readFileSync(join(place.folder, name), 'utf8')) as {
    cells: { outputs?: { text?: string | string[] }[] }[];
  };
  return notebook.cells
    .flatMap(({ outputs }) => outputs ?? [])
    .flatMap(({ text }) => text ?? [])
    .join('');
}

describe('a cell of role train', () => {
  beforeAll(async () => {
    write('training.ipynb', `${SETUP}${TRAIN}${LOOK}`);
    const alone = await place.run(['run', 'training.ipynb', '--workers', '0', '-o', 'alone.ipynb']);
    expect(alone.code, alone.stderr).toBe(0);
  });

  test('is planned as data-parallel training, with what goes and what comes back', async () => {
    const end = await place.run(['compile', 'training.ipynb', '--format', 'json']);
    const { tasks } = JSON.parse(end.stdout) as { tasks: { id: string; skeleton: string; place: string }[] };
    expect(tasks.find(({ id }) => id === 'c2')).toMatchObject({ skeleton: 'data-parallel', place: 'away' });
  });

  test('is trained by two ranks to what one process trains: losses, model and random numbers', async () => {
    const end = await place.run(['run', 'training.ipynb', '--workers', '2', '-o', 'gang.ipynb']);
    expect(end.code, end.stderr).toBe(0);
    expect(end.stderr).toMatch(/Net: shared out over the ranks, exact in \d+ calls that were checked/);
    expect(printed('gang.ipynb')).toBe(printed('alone.ipynb'));
    expect(printed('gang.ipynb')).toContain('True True 3');
  });

  test('stays home with one worker', async () => {
    const end = await place.run(['run', 'training.ipynb', '--workers', '1', '-o', 'one.ipynb']);
    expect(end.code, end.stderr).toBe(0);
    expect(end.stderr).toContain('a gang of one rank trains no faster than home');
    expect(printed('one.ipynb')).toBe(printed('alone.ipynb'));
  });

  test('is played at home, once, when it writes files', async () => {
    write('writes.ipynb', `${SETUP}${WRITES}`);
    const end = await place.run(['run', 'writes.ipynb', '--workers', '2']);
    expect(end.code, end.stderr).toBe(0);
    expect(end.stderr).toMatch(
      /the cell runs at home: it (opens 'log.txt' for writing|may do more than compute)/,
    );
    expect(readFileSync(join(place.folder, 'log.txt'), 'utf8')).toBe('one line\n');
  });
});
