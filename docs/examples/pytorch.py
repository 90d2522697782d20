"""Steer a PyTorch network that learns to tell two spirals apart."""

import sys

import torch

import bpsteer

steps = 2000
torch.set_num_threads(1)  # more would only wait for each other, so small is the network
torch.manual_seed(0)
angle = torch.linspace(0.5, 8.0, 200)
arm = torch.stack([angle * torch.cos(angle), angle * torch.sin(angle)], dim=1) / 8
x, t = torch.cat([arm, -arm]), torch.cat([torch.zeros(200), torch.ones(200)])

model = torch.nn.Sequential(
    torch.nn.Linear(2, 32), torch.nn.Tanh(), torch.nn.Linear(32, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1)
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

save, load = bpsteer.torch_state(model, optimizer)
record = sys.argv[1] if len(sys.argv) > 1 else None
with bpsteer.start(
    "spirals", bpsteer.torch_settings(optimizer), save, load, pause_on="nan", replay=record
) as run:
    for step in run.steps(steps):
        batch = torch.randint(len(x), (32,))
        output = model(x[batch]).squeeze(1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(output, t[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        run.report(loss=loss.item())
        if step % 100 == 0:
            with torch.no_grad():
                run.report(accuracy=((model(x).squeeze(1) > 0) == (t > 0.5)).float().mean().item())
print(f"loss {loss.item():.3f}")
