"""Training in PyTorch: mode "eager" as in the notebook, mode "compile" with the whole step in one torch.compile."""

from training import serve_training
from torch_steps import about, variants_of

serve_training(about, variants_of)
