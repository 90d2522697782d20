"""Steer a scikit-learn classifier that learns handwritten digits batch by batch with partial_fit."""

import pickle
import sys

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

import bpsteer

steps = 4000
images, labels = load_digits(return_X_y=True)
x, x_test, t, t_test = train_test_split(images / 16, labels, test_size=0.25, random_state=0)
model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.01, alpha=1e-4, random_state=0)
random = np.random.RandomState(0)


def setting(name, parameter, low, high):
    """A parameter of the model as a setting."""
    return bpsteer.number(
        name,
        lambda: model.get_params()[parameter],
        lambda value: model.set_params(**{parameter: value}),
        low=low,
        high=high,
        log=True,
    )


def save():
    return pickle.dumps((model, random.get_state()))


def load(data):
    global model
    model, state = pickle.loads(data)
    random.set_state(state)


settings = [setting("learning rate", "eta0", 1e-6, 10.0), setting("L2 penalty", "alpha", 1e-8, 1.0)]
record = sys.argv[1] if len(sys.argv) > 1 else None
with bpsteer.start("digits", settings, save, load, replay=record) as run:
    for step in run.steps(steps):
        batch = random.choice(len(x), 64, replace=False)
        model.partial_fit(x[batch], t[batch], classes=np.arange(10))
        if step % 20 == 0:
            loss = log_loss(t, model.predict_proba(x))
            run.report(loss=loss, accuracy=model.score(x_test, t_test))
print(f"accuracy {model.score(x_test, t_test):.3f}")
