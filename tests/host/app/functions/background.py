"""Timer and queue functions."""

import json
import time
from typing import List  # noqa: UP035 - the worker refuses Out[list[str]]

import azure.functions as func

from functions.record import record

background = func.Blueprint()


@background.timer_trigger(arg_name="timer", schedule="* * * * * *")
def tick(timer: func.TimerRequest) -> None:
    """Runs each second."""
    record("tick", past_due=timer.past_due)


@background.timer_trigger(arg_name="timer", schedule="%NIGHTLY%")
def nightly(timer: func.TimerRequest, context: func.Context) -> None:
    """Runs when it is made to."""
    record("nightly", past_due=timer.past_due, invocation=context.invocation_id)


@background.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
def long_timer(timer: func.TimerRequest) -> None:
    """Runs once at start, and fails."""
    record("long_timer")
    raise RuntimeError("a timer that fails is not retried")


@background.queue_trigger(arg_name="msg", queue_name="%WORK_QUEUE%", connection="AzureWebJobsStorage")
def work(msg: func.QueueMessage) -> None:
    """Does what the message says."""
    text = msg.get_body().decode()
    record("work", text=text, tries=msg.dequeue_count, inserted=str(msg.insertion_time))
    if text.startswith("slow"):
        time.sleep(float(text.split()[1]))
    if text.startswith("fail"):
        raise RuntimeError("this message cannot be processed")
    record("worked", text=text)


@background.queue_trigger(arg_name="msg", queue_name="%RELAY_QUEUE%", connection="AzureWebJobsStorage")
@background.queue_output(arg_name="done", queue_name="%DONE_QUEUE%", connection="AzureWebJobsStorage")
async def relay(msg: func.QueueMessage, done: func.Out[List[str]]) -> None:  # noqa: UP006
    """Puts two messages on another queue."""
    done.set([msg.get_body().decode(), json.dumps({"tries": msg.dequeue_count})])
