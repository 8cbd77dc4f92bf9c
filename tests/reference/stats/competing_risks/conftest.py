"""The data set of plasma cells, with the event that came first: 1 malignancy, 2 death."""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Mgus:
    time: np.ndarray
    cause: np.ndarray
    sex: np.ndarray
    covariates: np.ndarray
    number: np.ndarray


@pytest.fixture
def truth(stored):
    return stored("competing_risks.json")


@pytest.fixture
def mgus(data_set):
    table = data_set("mgus2")
    became = table["pstat"].to_numpy() == 1
    sex = table["sex"].to_numpy()
    return Mgus(
        time=np.where(became, table["ptime"].to_numpy(), table["futime"].to_numpy()),
        cause=np.where(became, 1, 2 * table["death"].to_numpy()),
        sex=sex,
        covariates=np.column_stack((table["age"].to_numpy(), sex == "M")).astype(float),
        number=table["id"].to_numpy(),
    )
