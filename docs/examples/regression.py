"""The first of the original programs: it fits a sine. The lines marked with ### steer it."""

import pickle  ###
import sys  ###

import numpy as np

import bpsteer  ###

epochs = 2001
interval = 200
eta = 0.1
wb_width = 0.01
n_in, n_mid, n_out = 1, 3, 1

x = np.arange(0, 2 * np.pi, 0.1)
targets = np.sin(x).reshape(-1, 1)
inputs = ((x - np.pi) / np.pi).reshape(-1, 1)
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
        self.y = np.dot(x, self.w) + self.b

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
with bpsteer.start("sine", [rate], save, load, pause_on="nan", replay=record) as run:  ###
    for i in run.steps(epochs):  ### for i in range(epochs):
        order = np.arange(n_data)
        random.shuffle(order)
        total_error = 0.0
        for index in order:
            middle.forward(inputs[index : index + 1])
            output.forward(middle.y)
            output.backward(targets[index : index + 1])
            middle.backward(output.grad_x)
            middle.update(eta)
            output.update(eta)
            total_error += 0.5 * np.sum(np.square(output.y - targets[index : index + 1]))
        run.report(error=total_error / n_data)  ###
        if i % interval == 0:
            print(f"Epoch:{i}/{epochs} Error:{total_error / n_data:.4f}", flush=True)
