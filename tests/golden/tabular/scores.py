"""AUC and R2, and how the two targets read as numbers."""


def target(cell):
    return {"yes": 1.0, "no": 0.0}.get(cell) if cell in ("yes", "no") else float(cell)


def auc(labels, predictions):
    """Area under the ROC curve by ranks; ties count half."""
    order = sorted(range(len(predictions)), key=predictions.__getitem__)
    ranks, begin = [0.0] * len(order), 0
    while begin < len(order):
        end = begin
        while end < len(order) and predictions[order[end]] == predictions[order[begin]]:
            end += 1
        for k in order[begin:end]:
            ranks[k] = (begin + end + 1) / 2
        begin = end
    positives = sum(labels)
    of_positives = sum(rank for rank, label in zip(ranks, labels) if label == 1)
    return (of_positives - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def r2(values, predictions):
    mean = sum(values) / len(values)
    return 1 - sum((a - b) ** 2 for a, b in zip(values, predictions)) / sum((a - mean) ** 2 for a in values)
