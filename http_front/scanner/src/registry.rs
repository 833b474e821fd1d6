//! What the classes of all installed modules make of each model.
