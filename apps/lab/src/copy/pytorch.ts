import { densitiesOf, importancesOf, type LabState } from '../state/state.ts';
import type { TrainedNetwork } from '../workers/messages.ts';

/** Activations of the output that the program knows, in PyTorch. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'torch.relu',
  linear: 'lambda x: x',
  gelu: "lambda x: F.gelu(x, approximate='none')",
  quadratic: 'lambda x: x**2',
  abs: 'torch.abs',
  tanh: 'torch.tanh',
  silu: 'F.silu',
  softplus: 'F.softplus',
  elu: 'F.elu',
  'squared-relu': 'lambda x: torch.relu(x)**2',
};

const numbers = (values: ArrayLike<number>): string => `[${Array.from(values).join(', ')}]`;

/** A matrix D x N as Python writes it, from numbers feature by feature. */
function matrix({ features, dims }: LabState, values: ArrayLike<number>): string {
  const row = (d: number): string =>
    numbers(Array.from({ length: features }, (_, i) => values[i * dims + d]));
  return `[${Array.from(Array(dims).keys(), row).join(',\n                  ')}]`;
}

/** The model of each task, from inputs x (batch, N) to outputs and targets. */
function forward({ task, activation }: LabState): string {
  if (task === 'compression') {
    return `    out = ACT(x @ W.T @ W + b)  # tied read-out
    return (IMPORTANCE * (x - out) ** 2).sum(-1)`;
  }
  if (task === 'computation') {
    return `    out = ACT(x @ W.T).sum(-1) + b
    return ((IMPORTANCE * ACT(x)).sum(-1) - out) ** 2  # f is ${activation}, in target and network`;
  }
  return `    out = ACT(torch.relu(x @ W.T) @ U + b)
    return (IMPORTANCE * (x.abs() - out) ** 2).sum(-1)`;
}

/**
 * A PyTorch program with the network of the page: it computes its capacities and its loss on fresh inputs, and trains the
 * same model from scratch, unless the capacity of a feature is held.
 *
 * @param state the state of the page.
 * @param network the trained network.
 * @returns the program, which prints one line of JSON and then, if it trains, the loss of its own training; null for inputs that it does
 * not draw: other values than the task's usual ones, or features that are active together.
 */
export function pytorchProgram(state: LabState, network: TrainedNetwork): string | null {
  if (state.shape !== 'usual' || state.correlation !== null) return null;
  const { features, dims, task } = state;
  const hasReadOut = task === 'vector-computation';
  const bias = task === 'computation' ? String(network.bias[0]) : numbers(network.bias);
  const parameters = hasReadOut ? 'W, b, U' : 'W, b';
  const inputs =
    task === 'compression'
      ? 'torch.rand(batch, N)  # uniform on [0, 1]'
      : '(2 * torch.rand(batch, N) - 1) * (3 / DENSITY) ** 0.5  # uniform, scaled to variance 1';
  return `import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
N, D = ${features}, ${dims}
IMPORTANCE = torch.tensor(${numbers(importancesOf(state))})
DENSITY = torch.tensor(${numbers(densitiesOf(state))})
ACT = ${ACTIVATIONS[state.activation]}

# The network of the page: W is D x N, one column per feature.
W = torch.tensor(${matrix(state, network.weights)})
b = torch.tensor(${bias})${hasReadOut ? `\nU = torch.tensor(${matrix(state, network.readOut ?? [])})` : ''}

def sample(batch):
    x = ${inputs}
    return x * (torch.rand(batch, N) < DENSITY)

def losses(x, ${parameters}):
${forward(state)}

def capacity(W):
    G = W.T @ W
    n = G.diagonal()
    return torch.where(n > 0, n**2 / (G**2).sum(-1).clamp_min(1e-300), 0.0)

torch.manual_seed(0)
each = losses(sample(1_000_000), ${parameters})
print(json.dumps({
    "capacity": capacity(W).tolist(),
    "loss": each.mean().item(),
    "standard_error": (each.std() / len(each) ** 0.5).item(),
}))
${state.hold === null ? trainingPart(state, parameters, hasReadOut) : `# The capacity of feature ${state.hold.feature} was held at ${state.hold.capacity}; "Copy as TypeScript" has its training.\n`}`;
}

/** Training of the same model, after the numbers of the network. */
function trainingPart(state: LabState, parameters: string, hasReadOut: boolean): string {
  return `
# The same model from random weights of PyTorch: another start, so another network of the same kind.
def train(seed, steps=${state.steps}, batch=${state.batch}, lr=${state.learningRate}):
    torch.manual_seed(seed)
    W = torch.nn.init.xavier_normal_(torch.empty(D, N)).requires_grad_()
    b = torch.zeros(${state.task === 'computation' ? '()' : 'N'}).requires_grad_()${hasReadOut ? '\n    U = torch.nn.init.xavier_normal_(torch.empty(D, N)).requires_grad_()' : ''}
    optimiser = torch.optim.Adam([${parameters}], lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = losses(sample(batch), ${parameters}).mean()
        loss.backward()
        optimiser.step()
        schedule.step()
    return W.detach(), losses(sample(1_000_000), ${parameters}).mean().item()

if __name__ == "__main__":
    W2, loss = train(seed=${state.seed})
    print("trained from scratch: loss", round(loss, 5), "capacity", [round(c, 2) for c in capacity(W2).tolist()])
`;
}
