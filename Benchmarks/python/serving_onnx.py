"""A model in onnxruntime behind FastAPI: KServe's V2 protocol, as rnn-serve answers it, for Benchmarks/serving.

    uvicorn serving_onnx:app        with MODEL=model.onnx in the environment
"""

import os

import numpy
import onnxruntime
import orjson
from fastapi import FastAPI, Request, Response

session = onnxruntime.InferenceSession(os.environ["MODEL"], providers=["CPUExecutionProvider"])
inputs = {tensor.name: numpy.int64 if "int64" in tensor.type else numpy.int32 if "int32" in tensor.type else numpy.float32
          for tensor in session.get_inputs()}
outputs = [tensor.name for tensor in session.get_outputs()]
app = FastAPI()


@app.get("/v2/health/ready")
async def ready():
    return {"ready": True}


@app.post("/v2/models/{name}/infer")
async def infer(name: str, request: Request):
    asked = orjson.loads(await request.body())
    given = {tensor["name"]: numpy.array(tensor["data"], inputs[tensor["name"]]).reshape(tensor["shape"])
             for tensor in asked["inputs"]}
    found = session.run(None, given)
    answer = {"model_name": name, "outputs": [
        {"name": output, "datatype": "FP32", "shape": list(values.shape), "data": values.ravel().tolist()}
        for output, values in zip(outputs, found)]}
    return Response(orjson.dumps(answer), media_type="application/json")
