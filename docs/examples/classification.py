"""The second of the original programs: it separates points. The lines marked with ### steer it."""

import pickle  ###
import sys  ###

import numpy as np

import bpsteer  ###

epochs = 101
interval = 10
eta = 0.1
wb_width = 0.01
n_in, n_mid, n_out = 2, 6, 2

points = [(x, y) for x in np.arange(-1.0, 1.1, 0.1) for y in np.arange(-1.0, 1.1, 0.1)]
inputs = np.array(points)
targets = np.array([[0.0, 1.0] if y < np.sin(np.pi * x) else [1.0, 0.0] for x, y in points])
n_data = len(inputs)
random = np.random.RandomState(0)


class Layer:
    def __init__(self, n_upper, n):
        self.w = wb_width * random.randn(n_upper, n)
        self.b = wb_width * random.randn(n)

    def update(self, eta):
        self.w -= eta * self.grad_w
        self.b -= eta * self.grad_b


class MiddleLayer(Layer):
    def forward(self, x):
        self.x = x
        self.y = 1 / (1 + np.exp(-(np.dot(x, self.w) + self.b)))

    def backward(self, grad_y):
        delta = grad_y * (1 - self.y) * self.y
        self.grad_w = np.dot(self.x.T, delta)
        self.grad_b = np.sum(delta, axis=0)


class OutputLayer(Layer):
    def forward(self, x):
        self.x = x
        u = np.dot(x, self.w) + self.b
        self.y = np.exp(u) / np.sum(np.exp(u), axis=1, keepdims=True)

    def backward(self, t):
        delta = self.y - t
        self.grad_w = np.dot(self.x.T, delta)
        self.grad_b = np.sum(delta, axis=0)
        self.grad_x = np.dot(delta, self.w.T)


middle, output = MiddleLayer(n_in, n_mid), OutputLayer(n_mid, n_out)


def set_eta(rate):  ###
    global eta
    eta = rate


def save():  ###
    return pickle.dumps((middle.w, middle.b, output.w, output.b, random.get_state()))


def load(data):  ###
    middle.w, middle.b, output.w, output.b, state = pickle.loads(data)
    random.set_state(state)


rate = bpsteer.number("learning rate", lambda: eta, set_eta, low=1e-6, high=10.0, log=True)  ###
record = sys.argv[1] if len(sys.argv) > 1 else None  ###
with bpsteer.start("grid", [rate], save, load, pause_on="nan", replay=record) as run:  ###
    for i in run.steps(epochs):  ### for i in range(epochs):
        order = np.arange(n_data)
        random.shuffle(order)
        total_error = 0.0
        right = 0
        for index in order:
            x, t = inputs[index : index + 1], targets[index : index + 1]
            middle.forward(x)
            output.forward(middle.y)
            output.backward(t)
            middle.backward(output.grad_x)
            middle.update(eta)
            output.update(eta)
            total_error += -np.sum(t * np.log(output.y + 1e-7))
            right += np.argmax(output.y) == np.argmax(t)
        run.report(error=total_error / n_data, accuracy=right / n_data)  ###
        if i % interval == 0:
            print(f"Epoch:{i}/{epochs} Error:{total_error / n_data:.4f}", flush=True)
