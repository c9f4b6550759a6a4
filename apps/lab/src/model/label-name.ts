/** True for the name of a file of names rather than of weights. */
export function isLabelName(name: string): boolean {
  return /^(?:vocab|tokenizer|labels?|names?|tokens?)\b.*\.(?:txt|json|csv|tsv)$|\.txt$/i.test(
    name,
  );
}

/** True for the name of a configuration that lies beside weights. */
export function isConfigName(name: string): boolean {
  return /(?:^|_)(?:config|cfg|model_cfg|hyperparams|conf)\.(?:json|ya?ml)$/i.test(name);
}
