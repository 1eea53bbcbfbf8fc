"""The claims of the papers, one package a paper, one module a section or group of claims."""
