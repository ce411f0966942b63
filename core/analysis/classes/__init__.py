"""Labels from words: lists of classes, which pictures each fits, and what people have said of that."""
