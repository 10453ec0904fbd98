/** What a case of the switch over an attribute's type does first, where the value is a list. */
const additions: Readonly<Record<string, string>> = {
  TF_ATTR_STRING: listCase(
    `std::vector<std::string> strings(length);
        std::vector<const void *> values(length);
        std::vector<size_t> lengths(length);`,
    `nstatus = GetStringParam(env, element, strings[i]);
          ENSURE_NAPI_OK(env, nstatus);
          values[i] = strings[i].data();
          lengths[i] = strings[i].size();`,
    'TFE_OpSetAttrStringList(tfe_op, attr_name, values.data(), lengths.data(), static_cast<int>(length));',
  ),
  TF_ATTR_TYPE: listCase(
    'std::vector<TF_DataType> types(length);',
    `int32_t type;
          nstatus = napi_get_value_int32(env, element, &type);
          ENSURE_NAPI_OK(env, nstatus);
          types[i] = static_cast<TF_DataType>(type);`,
    'TFE_OpSetAttrTypeList(tfe_op, attr_name, types.data(), static_cast<int>(length));',
  ),
};

/**
 * The source of tfjs-node's backend, changed so that attributes of an operation may be lists of strings or of types:
 * TensorFlow's fused convolutions cannot be called without. Throws where the source is not the one that is known.
 */
export function patchBinding(source: string): string {
  return Object.entries(additions).reduce((text, [type, addition]) => {
    const parts = text.split(`    case ${type}: {\n`);
    if (parts.length !== 2) throw new Error(`tfjs-node's backend has ${parts.length - 1} cases of ${type}`);
    return parts.join(`    case ${type}: {\n${addition}`);
  }, source);
}

function listCase(declare: string, take: string, assign: string): string {
  return `      if (IsArray(env, nstatus, &js_value)) {
        uint32_t length;
        nstatus = napi_get_array_length(env, js_value, &length);
        ENSURE_NAPI_OK(env, nstatus);
        ${declare}
        for (uint32_t i = 0; i < length; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          ${take}
        }
        ${assign}
        break;
      }
`;
}
