"""Event records as TensorBoard's own writer frames them: runtime/report/golden/events.txt, one line of hexadecimal digits per record.

usage: tensorboard_events.py > tests/runtime/report/golden/events.txt     (needs the package tensorboard)
"""
import io

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def scalars():
    values = [Summary.Value(tag="epoch_loss", simple_value=0.25), Summary.Value(tag="epoch_accuracy", simple_value=0.0)]
    return Event(wall_time=1700000000.5, step=300, summary=Summary(value=values))


def histogram():
    proto = HistogramProto(min=-1.0, max=2.0, num=4.0, sum=2.0, sum_squares=6.0, bucket_limit=[0.5, 2.0], bucket=[3.0, 1.0])
    return Event(wall_time=1700000001.0, step=1, summary=Summary(value=[Summary.Value(tag="hidden/kernel", histo=proto)]))


class Kept(io.BytesIO):
    def close(self):
        pass


def main():
    for event in (Event(wall_time=1700000000.0, file_version="brain.Event:2"), scalars(), histogram()):
        stream = Kept()
        RecordWriter(stream).write(event.SerializeToString())
        print(stream.getvalue().hex())


if __name__ == "__main__":
    main()
